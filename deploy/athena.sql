-- Archives as a table of Amazon Athena: put your bucket, account and region into LOCATION.
-- Each object is JSON Lines under zstd; its first line is a header, whose rows have no kind.
CREATE EXTERNAL TABLE sagewarden_archive (
  kind string,
  name string,
  created_ms bigint,
  arn string,
  fingerprint string,
  described string,
  tags map<string, string>,
  parents array<string>,
  associations array<string>,
  source string,
  series string,
  unread array<string>
)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
LOCATION 's3://BUCKET/PREFIX/v1/ACCOUNT/REGION/archive/';

-- What an owner had, with one parameter:
-- SELECT kind, name, json_extract_scalar(described, '$.CreationTime') AS created,
--        json_extract_scalar(described, '$.Parameters["learning_rate"].NumberValue') AS rate
-- FROM sagewarden_archive WHERE kind IS NOT NULL AND tags['owner'] = 'ada';
