"""The customer page: everything that every app knows of one person, composed for who may see it.

whole: the page. header: who it is, tags and figures. lists: what stands under the tabs. timeline: what happened.
aside: the right column. slices: long lists in pages.
"""

from customers.flows.profile.header import DERIVED_TAGS
from customers.flows.profile.sight import Sight, Tab
from customers.flows.profile.whole import Profile, profile

__all__ = ["DERIVED_TAGS", "Profile", "Sight", "Tab", "profile"]
