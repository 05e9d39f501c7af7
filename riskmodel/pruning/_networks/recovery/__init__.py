"""What brings a cut network back: compensation and a new head in closed form; training by the scorer itself."""

from riskmodel.pruning._networks.recovery.compensate import Compensation, compensated
from riskmodel.pruning._networks.recovery.head import refitted_head
from riskmodel.pruning._networks.recovery.teach import Teaching, teaching

__all__ = ["Compensation", "Teaching", "compensated", "refitted_head", "teaching"]
