"""What several commands share."""

STORE = "sqlite:///mlflow.db"
MODEL = "bundle's folder, models:/NAME/VERSION, models:/NAME@ALIAS or runs:/RUN_ID/PATH"
