select
    country,
    coalesce(state_code, 'none') as state_code,
    count(*) as airports,
    avg(latitude) as mean_latitude,
    avg(longitude) as mean_longitude
from {{ ref('stg_airports') }}
group by 1, 2
