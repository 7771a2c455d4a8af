"""``drylambda completion``: scripts with which shells complete commands, options and names of operations.

The one idea to hold: the parser knows it all, so a script is the parser written in a shell's language. What an argument
is called tells what it can be: a FILE, a DIR, an OPERATION.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from typing import Any

_EPILOG = """\
    source <(drylambda completion bash)    # in ~/.bashrc
    source <(drylambda completion zsh)     # in ~/.zshrc, after compinit
    drylambda completion fish | source     # in ~/.config/fish/config.fish"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    import argparse  # noqa: PLC0415 - it is imported already

    parser = commands.add_parser(
        "completion",
        help="make a shell complete these commands",
        description="Write a script that lets a shell complete commands, options and names of operations.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("shell", choices=list(_SHELLS), metavar="SHELL", help="bash, zsh or fish")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the script."""
    print(_SHELLS[options.shell]())
    return 0


class _Argument:
    """An option or a positional argument, as shells see it."""

    def __init__(self, action: argparse.Action) -> None:
        self.names = list(action.option_strings)
        self.help = (action.help or "").replace("%(default)s", str(action.default))
        self.takes_value = action.nargs != 0
        self.metavar = str(action.metavar or (action.dest or "").upper())
        self.words = [str(choice) for choice in action.choices or ()]
        if self.metavar == "OPERATION":
            from drylambda._drylambda import operations  # noqa: PLC0415

            from .names import command  # noqa: PLC0415

            listed = operations()
            self.words = [name for name, _, _ in listed] + [command(python_name) for _, python_name, _ in listed]


def _commands() -> Iterator[tuple[str, str, list[_Argument]]]:
    """Yield name, help and arguments of each command."""
    from . import parser  # noqa: PLC0415 - it imports every command

    made: list[Any] = parser()._actions
    (commands,) = (action for action in made if hasattr(action, "_choices_actions"))
    helps = {choice.dest: choice.help or "" for choice in commands._choices_actions}
    for name, command in commands.choices.items():
        yield name, helps[name], [_Argument(action) for action in command._actions]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", r"'\''") + "'"


# bash.


def _bash() -> str:
    commands = list(_commands())
    names = " ".join(name for name, _, _ in commands)
    values, arguments = [], []
    for name, _, known in commands:
        for argument in known:
            if argument.names and argument.takes_value:
                pattern = "|".join(f"{name}:{option}" for option in argument.names)
                values.append(f"        {pattern}) {_bash_value(argument)}; return ;;")
        options = " ".join(option for argument in known for option in argument.names)
        positional = next((argument for argument in known if not argument.names), None)
        otherwise = _bash_value(positional) if positional else ":"
        arguments.append(f"        {name}:-*) _drylambda_words {_quoted(options)} ;;\n        {name}:*) {otherwise} ;;")
    told = {"names": _quoted(f"{names} --help --version"), "values": "\n".join(values)}
    return _BASH.format(arguments="\n".join(arguments), **told)


def _bash_value(argument: _Argument) -> str:
    if argument.words:
        return f"_drylambda_words {_quoted(' '.join(argument.words))}"
    return {"FILE": "_drylambda_files -f", "DIR": "_drylambda_files -d"}.get(argument.metavar, ":")


_BASH = """\
# drylambda's completion for bash
_drylambda_words() {{
    COMPREPLY=($(compgen -W "$1" -- "$word"))
}}
_drylambda_files() {{
    local IFS=$'\\n'
    compopt -o filenames 2> /dev/null
    COMPREPLY=($(compgen "$1" -- "$word"))
}}
_drylambda() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} command=${{COMP_WORDS[1]}}
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        _drylambda_words {names}
        return
    fi
    case "$command:$before" in
{values}
    esac
    case "$command:$word" in
{arguments}
    esac
}}
complete -F _drylambda drylambda"""


# zsh.


def _zsh() -> str:
    listed, cases = [], []
    for name, told, known in _commands():
        listed.append(f"        {_quoted(f'{name}:{told}')}")
        lines = [f"                {_quoted(line)}" for argument in known for line in _zsh_argument(argument)]
        cases.append(f"        {name})\n            _arguments -s \\\n" + " \\\n".join(lines) + "\n            ;;")
    return _ZSH.format(commands="\n".join(listed), cases="\n".join(cases))


def _zsh_argument(argument: _Argument) -> Iterator[str]:
    value = f":{argument.metavar}:{_zsh_value(argument)}"
    if not argument.names:
        yield f"1{value}"
    told = argument.help
    for letter in "\\[]:":
        told = told.replace(letter, f"\\{letter}")
    for name in argument.names:
        # An option may come again, as --layer does.
        yield f"*{name}[{told}]{value if argument.takes_value else ''}"


def _zsh_value(argument: _Argument) -> str:
    if argument.words:
        return f"({' '.join(argument.words)})"
    return {"FILE": "_files", "DIR": "_files -/"}.get(argument.metavar, " ")


_ZSH = """\
#compdef drylambda
# drylambda's completion for zsh
_drylambda() {{
    local -a commands
    commands=(
{commands}
    )
    if (( CURRENT == 2 )); then
        _describe command commands
        return
    fi
    shift words
    (( CURRENT-- ))
    case ${{words[1]}} in
{cases}
    esac
}}
if [[ ${{funcstack[1]}} == _drylambda ]]; then
    _drylambda "$@"
else
    compdef _drylambda drylambda
fi"""


# fish.


def _fish() -> str:
    lines = ["# drylambda's completion for fish", "complete -c drylambda -f", ""]
    first = "complete -c drylambda -n __fish_use_subcommand"
    lines += [f"{first} -l help -d 'show the help'", f"{first} -l version -d 'show the version'"]
    for name, told, known in _commands():
        lines.append(f"{first} -a {name} -d {_fish_quoted(told)}")
        here = f"complete -c drylambda -n '__fish_seen_subcommand_from {name}'"
        for argument in known:
            names = "".join(f" -l {it[2:]}" if it.startswith("--") else f" -s {it[1:]}" for it in argument.names)
            what = f" -d {_fish_quoted(argument.help)}" if argument.names else ""
            lines.append(f"{here}{names}{_fish_value(argument)}{what}")
    return "\n".join(lines)


def _fish_value(argument: _Argument) -> str:
    if not argument.takes_value:
        return ""
    required = " -r" if argument.names else ""
    if argument.words:
        return f"{required} -f -a {_fish_quoted(' '.join(argument.words))}"
    values = {"FILE": f"{required} -F", "DIR": f"{required} -f -a '(__fish_complete_directories)'"}
    return values.get(argument.metavar, f"{required} -f")


def _fish_quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


_SHELLS = {"bash": _bash, "zsh": _zsh, "fish": _fish}
