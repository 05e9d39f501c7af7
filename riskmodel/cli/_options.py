"""What several commands share."""

STORE = "sqlite:///mlflow.db"
