"""Takes away the groups that Wagtail comes with, which stand beside ours and say who may do what in words of nobody here.

Only where they are empty: a site that uses them keeps them, with the approval that Wagtail hangs on "Moderators".
"""

from typing import Any

from django.conf import settings
from django.db import migrations

STOCK = ("Editors", "Moderators")


def take_away(apps: Any, schema_editor: Any) -> None:
    """Delete each stock group without people, and retire the approval that would be left without anybody to give it."""
    models = {name: apps.get_model("wagtailcore", name) for name in ("GroupApprovalTask", "TaskState", "Workflow", "WorkflowPage")}
    under_way = models["TaskState"].objects.filter(status="in_progress").values("task")
    people = apps.get_model(settings.AUTH_USER_MODEL).groups.through.objects.values("group")
    groups = apps.get_model("auth", "Group").objects.filter(name__in=STOCK).exclude(pk__in=people)
    groups = groups.exclude(groupapprovaltask__in=under_way)
    gone = list(groups.values_list("pk", flat=True))

    tasks = models["GroupApprovalTask"].objects.filter(groups__in=gone, active=True).exclude(groups__in=_others(apps, gone))
    retired = list(tasks.values_list("pk", flat=True))
    workflows = models["Workflow"].objects.filter(workflow_tasks__task__in=retired)
    models["WorkflowPage"].objects.filter(workflow__in=list(workflows)).delete()
    workflows.update(active=False)
    models["GroupApprovalTask"].objects.filter(pk__in=retired).update(active=False)
    apps.get_model("auth", "Group").objects.filter(pk__in=gone).delete()


def _others(apps: Any, gone: list[int]) -> Any:
    return apps.get_model("auth", "Group").objects.exclude(pk__in=gone)


class Migration(migrations.Migration):
    dependencies = [
        ("home", "0002_cases"),
        ("auth", "0012_alter_user_first_name_max_length"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("wagtailadmin", "0006_formstate"),
        ("wagtailcore", "0098_apitoken"),
        ("wagtaildocs", "0014_alter_document_file_size"),
        ("wagtailimages", "0027_image_description"),
    ]

    operations = [migrations.RunPython(take_away, migrations.RunPython.noop)]
