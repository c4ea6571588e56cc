"""API connections that no workflow uses."""

from azcost.audit.facts import Facts
from azcost.audit.leftovers import leftover
from azcost.audit.resource import Resource
from azcost.audit.rule import Category, Confidence, Stated, Unknown, Verdict, rule

WORKFLOW = "Microsoft.Logic/workflows"
SITE = "Microsoft.Web/sites"


@rule("Microsoft.Web/connections", category=Category.ORPHAN)
def unused_api_connection(connection: Resource, facts: Facts) -> Verdict:
    """API connections that no workflow of Logic Apps uses.

    Why it costs: It costs nothing. It keeps somebody's consent to mail, files or databases
    alive for nothing.

    Keep it when: A workflow that is not deployed at the moment uses it. Standard Logic Apps
    keep their connections in files that cannot be read here: where there is one, nothing is
    said.

    Not checked: Workflows in subscriptions that were not read.
    """
    facts.need_all_of(WORKFLOW, SITE)
    if facts.named_by(connection.id):
        return None
    if any("workflowapp" in site.kind.lower() for site in facts.by_type(SITE)):
        return Unknown("there is a Standard Logic App, and its connections are in its files")
    return leftover(
        connection,
        facts,
        title=f"No workflow uses the API connection {connection.name}",
        evidence=(
            Stated("workflows that name it", "none"),
            Stated("connects to", connection.text("api.displayName") or "not said"),
        ),
        at_most=Confidence.MEDIUM,
        again="Make it again; somebody has to consent to it again",
    )
