"""Handles of hooks that the library keeps."""

from wengert.utils.hooks import RemovableHandle


class Handle(RemovableHandle):
    """`remove()` takes the hook out; so does the end of a `with`."""

    def __init__(self, registered):
        self.id = RemovableHandle.next_id
        RemovableHandle.next_id += 1
        self._registered = registered

    def remove(self):
        """Takes the hook out; a second time does nothing."""
        if self._registered is not None:
            self._registered.remove()

    def __getstate__(self):
        return (None, self.id)

    def __setstate__(self, state):
        # What is unpickled refers to no hook.
        self.id = state[1]
        self._registered = None


Handle.__name__ = Handle.__qualname__ = "RemovableHandle"
Handle.__module__ = "torch.utils.hooks"
