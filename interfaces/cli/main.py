"""The `gamefilm` command."""


def main() -> None:
    print("gamefilm")
