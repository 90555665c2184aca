select
    iata as airport_id,
    trim(name) as airport_name,
    city,
    nullif(state, '') as state_code,
    country,
    cast(latitude as float) as latitude,
    cast(longitude as float) as longitude
from {{ source('faa', 'AIRPORTS') }}
where iata is not null
