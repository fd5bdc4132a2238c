"""The log of changes that every process reads to keep its index true."""

from django.db import models


class HashChange(models.Model):
    """
    One row of one table may have other hashes than before; triggers write this.

    `seq` grows in the order of the commits. The change is named, not described: a reader fetches
    the row anew, so reading a change twice, or late, does no harm.
    """

    seq = models.BigAutoField(primary_key=True)
    table_name = models.CharField(max_length=128)
    key = models.BigIntegerField()

    class Meta:
        indexes = (models.Index(fields=["table_name", "seq"], name="hashing_change_by_table"),)

    def __str__(self) -> str:
        return f"{self.seq}: {self.table_name} {self.key}"


class HashCheckpoint(models.Model):
    """
    How far a `hash_images --all` has come in one file field of one model.

    There is one only while the command runs, or after it was stopped before its end. Every row up
    to the key `after` was worked on; `how` is a digest of all that hashes depended on.
    """

    model = models.CharField(max_length=200)
    source = models.CharField(max_length=100)
    how = models.CharField(max_length=64)
    after = models.BigIntegerField(null=True)
    started_at = models.DateTimeField()

    class Meta:
        db_table = "hashing_hashrun"
        constraints = (
            models.UniqueConstraint(fields=["model", "source"], name="hashing_one_run_a_field"),
        )

    def __str__(self) -> str:
        return f"{self.model}.{self.source} up to {self.after}"
