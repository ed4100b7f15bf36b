"""A small disk of its own for a test: a tmpfs, filled and emptied as the test pleases.

Owns: the mount; `close` takes it away. Needs root: without, mounting fails with one clear message.
Units: bytes.
"""
import errno
import os
import subprocess

BLOCK_BYTES = 65536
PAGE_BYTES = 4096


class SmallDisk:
    """`size` bytes at `path`, which is made; `inodes`: how many files it can have, 0: any."""

    def __init__(self, path, size, inodes=0):
        self.path = path
        self.ballast = os.path.join(path, "ballast")
        self.empty_files = []
        os.makedirs(path, mode=0o700)
        self.mount("-t", "tmpfs", "-o", f"size={size},nr_inodes={inodes},mode=0700", "tmpfs")

    def mount(self, *words):
        done = subprocess.run(["mount", *words, self.path], capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError("a disk test mounts a small disk, which needs root (in a "
                                 f"container: CAP_SYS_ADMIN): {done.stderr.strip()}")

    def close(self):
        subprocess.run(["umount", "--lazy", self.path], check=True)

    def free(self):
        disk = os.statvfs(self.path)
        return disk.f_bavail * disk.f_frsize

    def grow(self, size):
        self.mount("-o", f"remount,size={size}")

    def fill(self, leave=0):
        """Somebody else takes what is free, but for `leave`."""
        with open(self.ballast, "ab", buffering=0) as file:
            for size in (BLOCK_BYTES, PAGE_BYTES):
                self.write_on(file, bytes(size), leave)

    def write_on(self, file, block, leave):
        """Until the next block would take of what is left, or the disk is full."""
        try:
            while self.free() >= leave + len(block) or leave == 0:
                if file.write(block) < len(block):
                    return
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise

    def take_files(self):
        """Somebody else makes as many files as there can be."""
        try:
            while True:
                path = os.path.join(self.path, f"empty-{len(self.empty_files)}")
                with open(path, "xb"):
                    self.empty_files.append(path)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise

    def give_back(self):
        """Whoever filled it goes away."""
        if os.path.exists(self.ballast):
            os.remove(self.ballast)
        while self.empty_files:
            os.remove(self.empty_files.pop())
