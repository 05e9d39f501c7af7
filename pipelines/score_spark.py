"""What spark-submit runs: the command line of riskmodel, within the application that spark-submit sets up.

spark-submit --master spark://HOST:7077 pipelines/score_spark.py score --engine spark \
    --model reports/loans/chosen --input /data/applications --output /data/scored
"""

from riskmodel.cli import main

if __name__ == "__main__":
    main()
