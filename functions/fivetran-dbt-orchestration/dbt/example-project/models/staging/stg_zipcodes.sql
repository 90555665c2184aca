select
    zip_code,
    city,
    county,
    nullif(state, '') as state_code,
    cast(latitude as float) as latitude,
    cast(longitude as float) as longitude
from {{ source('usps', 'ZIPCODES') }}
