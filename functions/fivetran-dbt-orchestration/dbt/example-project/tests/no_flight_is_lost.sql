-- A flight from an airport that isn't known would be in no group.
select staged.flights as staged, counted.flights as counted
from (select count(*) as flights from {{ ref('stg_flights') }}) as staged
cross join (select sum(flights) as flights from {{ ref('flights_by_airport') }}) as counted
where staged.flights <> counted.flights
