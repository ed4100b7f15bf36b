"""The contracts as Python modules, generated with protoc into a temporary folder at first use.

`proto.link.Hello()`, `proto.door.DoorRequest()` … : a file of proto/netra/v1 is an attribute.
"""
import atexit
import importlib
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Contracts:
    def __init__(self):
        self.folder = None

    def generate(self):
        self.folder = tempfile.mkdtemp(prefix="netra-proto-")
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        source = os.path.join(ROOT, "proto")
        names = sorted(os.listdir(os.path.join(source, "netra", "v1")))
        files = [f"netra/v1/{name}" for name in names if name.endswith(".proto")]
        subprocess.run(["protoc", f"--python_out={self.folder}", "-I", source, *files],
                       cwd=source, check=True)
        sys.path.insert(0, self.folder)

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        if self.folder is None:
            self.generate()
        module = importlib.import_module(f"netra.v1.{name}_pb2")
        setattr(self, name, module)
        return module


proto = Contracts()
