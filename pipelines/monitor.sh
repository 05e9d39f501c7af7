#!/bin/sh
# Monitoring as a job: this month's rows against all before, by the registered champion. For cron:
#   0 6 2 * * /path/to/pipelines/monitor.sh /data/loans.parquet /reports/monitoring
# FILE.alarms.json says what is beyond its threshold. The exit code is 5 where a figure has failed, 0 where none has.
set -eu
data=$1 folder=$2
since=${3:-$(date +%Y-%m-01)}
champion=${CHAMPION:-models:/loans@champion}
exec riskmodel --quiet review --champion "$champion" --challenger "$champion" \
  --data "$data" --target "${TARGET:-default}" --time "${TIME:-vintage}" --since "$since" \
  --output "$folder/$since.html"
