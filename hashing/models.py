"""Tables of the app: the log of changes, and the checkpoints of long runs."""

from django.db import models


class HashChange(models.Model):
    """
    A row of a table whose hashes may have changed; triggers write this.

    `seq` grows in the order of the commits. Readers fetch the row's hashes from its own table, so
    reading a change twice, or late, does no harm. The primary key of the row is `key` if it is an
    integer, `text_key` otherwise.
    """

    seq = models.BigAutoField(primary_key=True)
    table_name = models.CharField(max_length=128)
    key = models.BigIntegerField(default=0)
    text_key = models.TextField(default="", db_default="")

    class Meta:
        indexes = (models.Index(fields=["table_name", "seq"], name="hashing_change_by_table"),)

    def __str__(self) -> str:
        return f"{self.seq}: {self.table_name} {self.text_key or self.key}"


class HashCheckpoint(models.Model):
    """
    The progress of a `hash_images --all` through one file field of one model.

    It exists while the command runs, and after it was interrupted. Every row up to the primary
    key `after` is done; `how` is a digest of everything that the hashes depend on.
    """

    model = models.CharField(max_length=200)
    source = models.CharField(max_length=100)
    how = models.CharField(max_length=64)
    after = models.TextField(default="")
    started_at = models.DateTimeField()

    class Meta:
        db_table = "hashing_hashrun"
        constraints = (
            models.UniqueConstraint(fields=["model", "source"], name="hashing_one_run_a_field"),
        )

    def __str__(self) -> str:
        return f"{self.model}.{self.source} up to {self.after or 'the beginning'}"
