"""Numba's compiler as kernels need it: parts are only translated, and few of its passes are run.

Most of the time of compiling goes to Numba's own passes and types, not to LLVM. Kernels have no closures,
comprehensions, array expressions or arguments that may be None: what Numba does for those is left out.
"""

from typing import Any, ClassVar, cast

from llvmlite.binding import Linkage  # type: ignore[import-untyped]
from numba import types
from numba.core import typed_passes, untyped_passes
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase
from numba.core.compiler_machinery import PassManager

_PASSES: tuple[Any, ...] = (
    untyped_passes.TranslateByteCode,
    untyped_passes.FixupArgs,
    untyped_passes.IRProcessing,
    untyped_passes.GenericRewrites,
    untyped_passes.ReconstructSSA,
    typed_passes.NopythonTypeInference,
    typed_passes.PreLowerStripPhis,
    typed_passes.IRLegalization,
    typed_passes.NativeLowering,
    typed_passes.NoPythonBackend,
)


class _Passes(PassManager):
    _ENFORCING = False  # after a pass Numba would analyse the function anew; those that need that do it themselves


class _Library(JITCodeLibrary):
    """LLVM code that is optimized once, when all of a kernel is together."""

    def _optimize_functions(self, ll_module: Any) -> None:
        ll_module.data_layout = self._codegen._data_layout


class _KernelLibrary(_Library):
    """A kernel's LLVM code: of its parts, and of theirs, it takes each once."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)  # type: ignore[no-untyped-call]
        self._parts: list[_PartLibrary] = []

    def add_linking_library(self, library: Any) -> None:
        """Link another library into this one."""
        if not isinstance(library, _PartLibrary):
            super().add_linking_library(library)  # type: ignore[no-untyped-call]
        elif library not in self._parts:
            self._parts.append(library)
            for further in library._linking_libraries:
                self.add_linking_library(further)

    def finalize(self) -> None:
        """Put everything together, and make machine code of it."""
        for one in self._parts:
            self._final_module.link_in(one._final_module, preserve=True)
        super().finalize()  # type: ignore[no-untyped-call]

    def _optimize_final_module(self) -> None:
        passes, builder = self._codegen._module_pass_manager()  # type: ignore[no-untyped-call]
        passes.run(self._final_module, builder)


class _PartLibrary(_Library):
    """A part's LLVM code, to be linked into kernels; no machine code is made of it alone."""

    def finalize(self) -> None:
        """Let it be linked into more than one kernel."""
        self._finalized = True
        for function in self._final_module.functions:
            if not function.is_declaration and function.linkage == Linkage.external:
                function.linkage = "linkonce_odr"

    def _get_module_for_linking(self) -> Any:
        """Return it with all that it calls, for a function that Numba compiles in its own way."""
        if self._shared_module is None:
            self._shared_module = self._final_module.clone()
            for one in dict.fromkeys(self._linking_libraries):
                self._shared_module.link_in(one._get_module_for_linking(), preserve=True)
        return self._shared_module

    @property
    def codegen(self) -> "_PartLibrary":
        """Whom Numba asks to set the environment, which is a place in the machine code."""
        return self

    def set_env(self, *_: object) -> None:
        """Set nothing: there is no machine code."""

    def get_pointer_to_function(self, _: str) -> int:
        """Return the null pointer: Python cannot call a part."""
        self._ensure_finalized()  # type: ignore[no-untyped-call]
        return 0


class _Typing:
    """Numba's typing of calls; what a built-in function makes of some types is found out once."""

    _known: ClassVar[dict[tuple[Any, Any], Any]] = {}

    def __init__(self, context: Any) -> None:
        self._context = context

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def resolve_function_type(self, function: Any, args: Any, kws: Any) -> Any:
        """Return the signature of a call."""
        if kws or not isinstance(function, types.Function):
            return self._context.resolve_function_type(function, args, kws)
        key = function, args
        if key not in self._known:
            self._known[key] = self._context.resolve_function_type(function, args, kws)
        return self._known[key]


class _Compiler(CompilerBase):
    _library: Any

    def __init__(self, typing: Any, *rest: Any) -> None:
        super().__init__(_Typing(typing), *rest)  # type: ignore[no-untyped-call]

    def define_pipelines(self) -> list[Any]:
        """Return the passes, which fill the library."""
        state, passes = self.state, cast(Any, _Passes)("kernel")
        state.library = self._library(state.targetctx.codegen(), state.func_id.func_qualname)
        for one in _PASSES:
            passes.add_pass(one, one.__name__)
        passes.finalize()
        return [passes]


class PartCompiler(_Compiler):
    """Compiles what only kernels call."""

    _library = _PartLibrary


class KernelCompiler(_Compiler):
    """Compiles what Python calls, with all its parts."""

    _library = _KernelLibrary

    def define_pipelines(self) -> list[Any]:
        """Return the passes, which fill a library that can be cached."""
        pipelines = super().define_pipelines()
        self.state.library.enable_object_caching()
        return pipelines


def take_any_number(part: Any) -> Any:
    """Let a part be compiled for a constant as for any other integer; Numba would compile it for each anew."""
    by_types, unliteral = part.get_call_template, cast(Any, types).unliteral

    def get_call_template(args: Any, kws: Any) -> Any:
        return by_types([unliteral(arg) for arg in args], kws)

    part.get_call_template = get_call_template
    return part
