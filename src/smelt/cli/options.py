"""Options that several commands share."""

from typing import Annotated

import typer

PlantOption = Annotated[
    str | None,
    typer.Option(
        "--plant",
        help="The plant's folder; default SMELT_PLANT, or the nearest plant.toml upwards.",
        show_default=False,
    ),
]
LakeOption = Annotated[
    str | None,
    typer.Option("--lake", help="Folder or URL of the lake; default lake/ in the plant.", show_default=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
LandingOption = Annotated[
    str | None, typer.Option("--landing", help="Folder or URL that raw documents land in.", show_default=False)
]
ShdrOption = Annotated[
    str | None,
    typer.Option(
        "--shdr", help="Adapter logs: a folder or a quoted pattern such as 'logs/GFAgie01/*'.", show_default=False
    ),
]
ProbeOption = Annotated[
    str | None, typer.Option("--probe", help="The agent's answer to /probe, XML or JSON.", show_default=False)
]
WaitOption = Annotated[float, typer.Option("--wait", help="Seconds to wait for another driver to end.")]
EngineOption = Annotated[
    str | None, typer.Option("--engine", help="auto, in-process or process-pool.", show_default=False)
]
WorkersOption = Annotated[
    int | None, typer.Option("--workers", help="Processes of the pool; 0: one per core.", show_default=False)
]
