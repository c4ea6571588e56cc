"""Meters of networking services that are sold worldwide, not region by region."""


def listed_in(region: str) -> str:
    """The region under which the price list has a worldwide meter.

    Public regions share one list, "Global", those of US Gov theirs; the sovereign clouds
    Bleu and Delos list such meters by region (names of their rows in the tables).
    """
    if region.startswith("usgov"):
        return "US Gov"
    if region.startswith(("bleu", "deloscloud")):
        return region
    return "Global"
