select
    flight_id,
    origin as origin_id,
    destination as destination_id,
    cast(delay as float) as delay_minutes,
    cast(distance as float) as distance_miles
from {{ source('bts', 'FLIGHTS') }}
