"""The control interface: plain JSON under `/_control/`, apart from the AWS wire. README.md documents it."""
