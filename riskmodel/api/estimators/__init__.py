"""riskmodel in scikit-learn's manners: classifiers, a selector and a rule of choice for Pipeline and GridSearchCV."""
