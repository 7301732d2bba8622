"""The demo's contact form."""

from wagtail.models import Page

from contact.models import ContactPage, FormField, FormPurpose
from privacy.register.models import DataCategory, Purpose

FIELDS = [
    ("name", "Naam", "singleline", False, "Dan weten wij hoe wij u mogen aanspreken.", "name"),
    ("email", "E-mailadres", "email", True, "Hierop krijgt u antwoord.", "contact_details"),
    ("company", "Bedrijf", "singleline", False, "Handig als uw vraag over uw bedrijf gaat.", "company"),
    ("phone", "Telefoonnummer", "telephone", False, "Als u liever gebeld wordt.", "phone"),
    (
        "message",
        "Uw bericht",
        "multiline",
        True,
        "Zet hier geen burgerservicenummer, wachtwoorden of medische gegevens in.",
        "message",
    ),
]


def load(home: Page) -> ContactPage:
    """Make and publish the form below `home`; to be called once, after the register and the statement.

    Args:
        home: the home page.
    """
    page = ContactPage(
        title="Contact",
        slug="contact",
        show_in_menus=True,
        search_description="Stel uw vraag aan Koel ICT. U ziet vooraf wat wij met uw gegevens doen.",
        intro="<p>Stel uw vraag gerust. Onderaan staat wat wij met uw gegevens doen.</p>",
    )
    categories = {row.key: row for row in DataCategory.objects.all()}
    enquiry = Purpose.objects.get(key="enquiry")
    page.form_fields = [
        FormField(
            clean_name=name,
            label=label,
            field_type=kind,
            required=required,
            help_text=help_text,
            category=categories[category],
            purpose=enquiry,
            sort_order=order,
        )
        for order, (name, label, kind, required, help_text, category) in enumerate(FIELDS)
    ]
    page.form_purposes = [
        FormPurpose(purpose=enquiry, required=True, sort_order=0),
        FormPurpose(purpose=Purpose.objects.get(key="newsletter"), required=False, sort_order=1),
    ]
    home.add_child(instance=page)
    page.save_revision().publish()
    return page
