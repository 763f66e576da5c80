"""A ClickPipe of each source for Terraform, with what each requires and a little more."""

from tests.browser.house import ORDERS
from tests.terraform.stage import ENDPOINT

_CREDENTIALS = 'credentials = { username = "reader", password = "not-a-secret" }'
_TABLE = '{ source_schema_name = "public", source_table = "orders-a", target_table = "orders" }'

PIPES = f"""
resource "clickhouse_clickpipe" "shop" {{
  name       = "shop"
  service_id = "{ORDERS}"
  source = {{
    postgres = {{
      host           = "db.example.com"
      database       = "shop"
      {_CREDENTIALS}
      settings       = {{ replication_mode = "cdc" }}
      table_mappings = [{_TABLE}]
    }}
  }}
  destination = {{ database = "default" }}
}}
resource "clickhouse_clickpipe" "store" {{
  name       = "store"
  service_id = "{ORDERS}"
  source = {{
    mysql = {{
      host           = "my.example.com"
      {_CREDENTIALS}
      settings       = {{ replication_mode = "snapshot" }}
      table_mappings = [{{ source_schema_name = "shop", source_table = "orders", target_table = "orders" }}]
    }}
  }}
  destination = {{ database = "default" }}
}}
resource "clickhouse_clickpipe" "documents" {{
  name       = "documents"
  service_id = "{ORDERS}"
  source = {{
    mongodb = {{
      uri             = "mongodb://m.example.com:27017/"
      read_preference = "primary"
      {_CREDENTIALS}
      settings        = {{ replication_mode = "cdc" }}
      table_mappings = [
        {{ source_database_name = "shop", source_collection = "orders-a", target_table = "orders" }}
      ]
    }}
  }}
  destination = {{ database = "default" }}
}}
resource "clickhouse_clickpipe" "stream" {{
  name       = "stream"
  service_id = "{ORDERS}"
  scaling    = {{ replicas = 2, replica_cpu_millicores = 250, replica_memory_gb = 1 }}
  source = {{
    kafka = {{
      format         = "JSONEachRow"
      brokers        = "b-1.example.com:9092,b-2.example.com:9092"
      topics         = "orders-a"
      authentication = "PLAIN"
      {_CREDENTIALS}
      reverse_private_endpoint_ids = [{ENDPOINT}.many0.id]
    }}
  }}
  destination = {{
    table            = "orders"
    managed_table    = true
    table_definition = {{ engine = {{ type = "MergeTree" }}, sorting_key = ["id"] }}
    columns          = [{{ name = "id", type = "UInt64" }}]
  }}
  field_mappings = [{{ source_field = "id", destination_field = "id" }}]
}}
"""
