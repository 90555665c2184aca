select
    coalesce(state_code, 'none') as state_code,
    count(*) as zipcodes,
    count(distinct county) as counties
from {{ ref('stg_zipcodes') }}
group by 1
