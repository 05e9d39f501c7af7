"""riskmodel makes credit-risk models smaller, and proves that they are no worse."""
