select airport_id, latitude, longitude
from {{ ref('stg_airports') }}
where abs(latitude) > 90 or abs(longitude) > 180
