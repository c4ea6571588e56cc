"""Certificates of web apps that have expired."""

from azcost.audit.facts import Facts
from azcost.audit.leftovers import leftover
from azcost.audit.resource import Resource
from azcost.audit.rule import Category, Stated, Unknown, Verdict, az, rule


@rule("Microsoft.Web/certificates", category=Category.ORPHAN)
def expired_certificate(certificate: Resource, facts: Facts) -> Verdict:
    """Certificates of web apps that have expired and that no app is bound to.

    Why it costs: It costs nothing. A list with expired certificates hides the one that is
    about to expire.

    Keep it when: It must be kept to decrypt or to prove something. One that an app is still
    bound to is a fault to mend and no waste: it is left alone.

    Not checked: What reads it by its thumbprint.
    """
    expires = certificate.day("expirationDate")
    if expires is None:
        return Unknown("Azure does not say when the certificate expires")
    if expires >= facts.today or _is_bound(certificate, facts):
        return None
    return leftover(
        certificate,
        facts,
        title=f"The certificate {certificate.name} expired on {expires}",
        evidence=(
            Stated("expirationDate", str(expires)),
            Stated("subject", certificate.text("subjectName") or "not said"),
        ),
        steps=(az("Delete it", "az resource delete --ids {}", certificate.id),),
        undo=(
            az(
                "Upload it again, from where its key is kept",
                "az webapp config ssl upload --certificate-file CERTIFICATE.pfx "
                "--certificate-password PASSWORD --name APP --resource-group {}",
                certificate.resource_group,
            ),
        ),
    )


def _is_bound(certificate: Resource, facts: Facts) -> bool:
    """Whether the address of an app is served with it."""
    thumbprint = certificate.text("thumbprint")
    return thumbprint is not None and any(
        state.is_one_of("thumbprint", thumbprint)
        for site in facts.by_type("Microsoft.Web/sites")
        for state in site.each("hostNameSslStates")
    )
