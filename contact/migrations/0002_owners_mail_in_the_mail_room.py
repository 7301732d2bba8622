"""The owner's mails move to the mail room: what went out as sent, what still waits as owed."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('contact', '0001_initial'),
        ('privacy_mail', '0001_initial'),
    ]

    operations = [
        migrations.RunSQL(
            sql="""
                INSERT INTO privacy_mail_mail (kind, reference, subject_id, is_bulk, state, created_at, attempts,
                                               next_attempt_at, sent_at, last_error)
                SELECT 'contact.owner', id, subject_id, false,
                       CASE WHEN notified_at IS NULL THEN 'pending' ELSE 'sent' END, submit_time, 0,
                       CASE WHEN notified_at IS NULL THEN submit_time END, notified_at, ''
                FROM contact_submission
            """,
            reverse_sql="""
                UPDATE contact_submission SET notified_at = mail.sent_at
                FROM privacy_mail_mail AS mail WHERE mail.kind = 'contact.owner' AND mail.reference = contact_submission.id
            """,
        ),
        migrations.RemoveIndex(model_name='submission', name='contact_not_notified'),
        migrations.RemoveField(model_name='submission', name='notified_at'),
    ]
