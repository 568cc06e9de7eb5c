"""What a run did and what the lake holds, as text for people or JSON."""

from dataclasses import asdict

from smelt.cli.output import in_bytes, say, say_json, table
from smelt.runs.run import Report
from smelt.runs.summary import summarize


def show_report(report: Report, as_json: bool) -> None:
    """Print the figures of each stage, what was proposed, and what was found."""
    if as_json:
        stages = [asdict(s) for s in report.stages]
        summary = summarize(report.folder, report.reader)
        say_json({"stages": stages, "proposed": report.proposed, "retained": report.retained, "summary": summary})
        return
    if report.is_dry:
        for stage in report.stages:
            say(f"{stage.stage}: {stage.tasks} tasks would run")
        say("What these change, later stages would redo as well.")
        return
    _show_proposed(report)
    _show_found(report)


def _show_proposed(report: Report) -> None:
    for name, columns in report.proposed.mappings.items():
        path = report.folder.root / "mappings" / f"{name}.toml"
        say(f"proposed {path}: {columns} columns; read it through, it decides what silver holds")


def _show_found(report: Report) -> None:
    found = summarize(report.folder, report.reader)
    say("")
    classes = f" in {len(found.classes)} classes ({', '.join(found.classes)})" if found.classes else ""
    say(f"devices       {found.devices}{classes}")
    say(f"observations  {found.observations:,}" + (f", {found.quarantined} quarantined" if found.quarantined else ""))
    provisional = f", {found.provisional_models} of them provisional" if found.provisional_models else ""
    say(f"models        {found.models}{provisional}")
    say(f"scored        {found.scored_minutes:,} minutes, {found.episodes} episodes")
    if report.retained is not None:
        gone = report.retained
        kept = f"; {gone.kept_with_rejects} kept for their rejects" if gone.kept_with_rejects else ""
        say(f"landing       {gone.files_deleted:,} old files deleted ({in_bytes(gone.bytes_deleted)}){kept}")
    say(f"lake          {found.lake} ({in_bytes(found.lake_bytes)}, replaced files are kept for a day)")
    for note in found.notes:
        say(f"note          {note}")
    if found.top_episodes:
        rows = [
            (e.device, f"{e.start:%Y-%m-%d %H:%M}", f"{e.end:%Y-%m-%d %H:%M}", e.peak_severity, ", ".join(e.signals))
            for e in found.top_episodes
        ]
        table(("device", "from (UTC)", "to", "peak severity", "top signals"), rows)
        if found.episodes > len(rows):
            say(f" the highest {len(rows)} of {found.episodes}; all of them are on the pages")
