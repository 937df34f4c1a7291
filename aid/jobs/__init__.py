"""What runs later, without anybody's keys: tasks take ids, the rows of `job` are the truth."""
