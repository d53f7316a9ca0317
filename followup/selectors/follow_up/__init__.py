"""How the follow-up of studies stands at their centres, and what the coming months ask for."""

from followup.selectors.follow_up.lines import FollowUpLine, follow_up, together
from followup.selectors.follow_up.reach import Period, Reach

__all__ = ["FollowUpLine", "Period", "Reach", "follow_up", "together"]
