"""``fespin completion bash|zsh|fish``: completion scripts made of the parser itself."""

from __future__ import annotations

import argparse
import shlex
from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """What can follow on the command line after a command: ``path`` is "" or "conductance" or "winding run"."""

    path: str
    commands: tuple[tuple[str, str], ...]  # (name, help)
    options: tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...]  # (spellings, help, values)
    values: tuple[str, ...]  # of the arguments without a name


def run(arguments: argparse.Namespace) -> int:
    """Print the script of a shell."""
    from .parser import build_parser

    words = collect(build_parser())
    print({"bash": _bash, "zsh": _zsh, "fish": _fish}[arguments.shell](words))
    return 0


def collect(parser: argparse.ArgumentParser, path: str = "") -> list[Word]:
    """All commands below a parser, outermost first."""
    commands, options, values, below = [], [], [], []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for choice in action._choices_actions:
                commands.append((choice.dest, choice.help or ""))
            for name, inner in action.choices.items():
                below += collect(inner, f"{path} {name}".strip())
        elif action.option_strings:
            choices = tuple(str(c) for c in action.choices or ())
            options.append((tuple(action.option_strings), (action.help or "").replace("%%", "%"), choices))
        else:
            values += [str(c) for c in action.choices or ()]
    return [Word(path, tuple(commands), tuple(options), tuple(values)), *below]


def _follow(words: list[Word]) -> str:
    """Patterns of a shell's `case` that walk from command to command."""
    steps = [f'"{word.path}:{name}") path="{f"{word.path} {name}".strip()}" ;;'
             for word in words for name, _ in word.commands]  # fmt: skip
    return "\n".join(f"      {step}" for step in steps)


def _offers(words: list[Word], reply: str) -> tuple[str, str]:
    """Cases for the values of options, and for what a command offers."""
    values, offers = [], []
    for word in words:
        for spellings, _, choices in word.options:
            if choices:
                patterns = "|".join(f'"{word.path}:{s}"' for s in spellings)
                values.append(f"    {patterns}) {reply.format(' '.join(choices))}; return ;;")
        flags = " ".join(s for spellings, *_ in word.options for s in spellings)
        plain = " ".join([*(name for name, _ in word.commands), *word.values])
        offers.append(f'    "{word.path}") plain="{plain}"; flags="{flags}" ;;')
    return "\n".join(values), "\n".join(offers)


def _bash(words: list[Word]) -> str:
    values, offers = _offers(words, 'COMPREPLY=($(compgen -W "{}" -- "$cur"))')
    return f"""\
# completion of fespin for bash; put  eval "$(fespin completion bash)"  into ~/.bashrc
_fespin() {{
  local cur="${{COMP_WORDS[COMP_CWORD]}}" prev="${{COMP_WORDS[COMP_CWORD-1]}}" path="" plain="" flags="" word
  COMPREPLY=()
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case "$path:$word" in
{_follow(words)}
    esac
  done
  case "$path:$prev" in
{values}
  esac
  case "$path" in
{offers}
  esac
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$cur"))
  elif [[ -n $plain ]]; then
    COMPREPLY=($(compgen -W "$plain" -- "$cur"))
  else
    COMPREPLY=($(compgen -f -- "$cur"))
  fi
}}
complete -o filenames -F _fespin fespin"""


def _zsh(words: list[Word]) -> str:
    values, offers = _offers(words, "compadd -- {}")
    return f"""\
#compdef fespin
# completion of fespin for zsh; put  source <(fespin completion zsh)  into ~/.zshrc, after compinit
_fespin() {{
  local cur="${{words[CURRENT]}}" prev="${{words[CURRENT-1]}}" plain="" flags="" word
  local path_=""
  for word in "${{(@)words[2,CURRENT-1]}}"; do
    case "$path_:$word" in
{_follow(words).replace(") path=", ") path_=")}
    esac
  done
  case "$path_:$prev" in
{values}
  esac
  case "$path_" in
{offers}
  esac
  if [[ $cur == -* ]]; then
    compadd -- ${{=flags}}
  elif [[ -n $plain ]]; then
    compadd -- ${{=plain}}
  else
    _files
  fi
}}
(( $+functions[compdef] )) && compdef _fespin fespin"""


def _fish(words: list[Word]) -> str:
    lines = ["# completion of fespin for fish; put  fespin completion fish | source  into config.fish"]
    for word in words:
        parts = word.path.split()
        seen = " and ".join(f"__fish_seen_subcommand_from {part}" for part in parts)
        names = " ".join(name for name, _ in word.commands)
        fresh = f"not __fish_seen_subcommand_from {names}" if names else ""
        condition = " and ".join(filter(None, [seen, fresh])).replace(" and ", "; and ")
        when = f" -n {shlex.quote(condition)}" if condition else ""
        for name, text in word.commands:
            lines.append(f"complete -c fespin{when} -f -a {name} -d {shlex.quote(text)}")
        if word.values:
            lines.append(f"complete -c fespin{when} -f -a {shlex.quote(' '.join(word.values))}")
        for spellings, text, choices in word.options:
            forms = " ".join(f"-l {s[2:]}" if s.startswith("--") else f"-s {s[1:]}" for s in spellings)
            given = f" -x -a {shlex.quote(' '.join(choices))}" if choices else ""
            lines.append(f"complete -c fespin{when} {forms}{given} -d {shlex.quote(text)}")
    return "\n".join(lines)
