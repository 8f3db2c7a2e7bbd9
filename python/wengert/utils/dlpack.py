"""`torch.utils.dlpack`: tensors that share memory with those of other libraries."""

from enum import IntEnum

from wengert import _C

__all__ = ["DLDeviceType", "from_dlpack", "to_dlpack"]


class DLDeviceType(IntEnum):
    """Kinds of devices by DLPack's numbers."""

    kDLCPU = 1
    kDLCUDA = 2
    kDLCUDAHost = 3
    kDLOpenCL = 4
    kDLVulkan = 7
    kDLMetal = 8
    kDLVPI = 9
    kDLROCM = 10
    kDLROCMHost = 11
    kDLExtDev = 12
    kDLCUDAManaged = 13
    kDLOneAPI = 14
    kDLWebGPU = 15
    kDLHexagon = 16
    kDLMAIA = 17


def to_dlpack(tensor):
    """A tensor's memory as a DLPack capsule, which can be taken once."""
    return tensor.__dlpack__()


def from_dlpack(ext_tensor, *, device=None, copy=None):
    """A tensor over the memory of another library's tensor, or of a DLPack capsule.

    Args:
        ext_tensor: an object with `__dlpack__`, or a capsule.
        device: where the result is wanted: the processor.
        copy: True for memory of its own, False for an error if it cannot be shared.
    """
    if device is not None and _C.device(device).type != "cpu":
        raise BufferError(f"there is no memory on {device} to import to")
    if not hasattr(ext_tensor, "__dlpack__"):
        tensor = _C._from_dlpack(ext_tensor)
        return tensor.clone() if copy else tensor
    kind, _ = ext_tensor.__dlpack_device__()
    if kind not in (DLDeviceType.kDLCPU, DLDeviceType.kDLCUDAHost, DLDeviceType.kDLROCMHost):
        raise BufferError(f"cannot take memory of device type {int(kind)}")
    try:
        asked = {} if copy is None else {"copy": copy}
        capsule = ext_tensor.__dlpack__(max_version=(1, 0), **asked)
    except TypeError:
        # A library from before version 1.0.
        tensor = _C._from_dlpack(ext_tensor.__dlpack__())
        return tensor.clone() if copy else tensor
    return _C._from_dlpack(capsule)
