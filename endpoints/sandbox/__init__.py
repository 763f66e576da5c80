"""The sandbox: a wire-level AWS simulator in its own process, with an owner console.

It answers unmodified boto3 and the AWS CLI, keeps its world in its own SQLite file, and never helps its
client: what AWS refuses, it refuses. See README.md in this package for the interfaces, and
design decision 5 for why it exists. Nothing else of Postern imports it.
"""
