select
    airports.airport_id,
    airports.airport_name,
    airports.state_code,
    count(*) as flights,
    avg(flights.delay_minutes) as mean_delay_minutes,
    sum(flights.distance_miles) as distance_miles
from {{ ref('stg_flights') }} as flights
inner join {{ ref('stg_airports') }} as airports on airports.airport_id = flights.origin_id
group by 1, 2, 3
