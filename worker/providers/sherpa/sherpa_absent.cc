// In place of sherpa_binding.cc in a build that found no sherpa-onnx.
#include "worker/providers/sherpa/sherpa_library.h"

namespace earshot::worker::sherpa {

Result<const SherpaLibrary*> sherpa_library() {
  return Error{ErrorCode::kUnavailable,
               "this earshot-worker was built without sherpa-onnx. Install header and library of one release "
               "1.13 (e.g. pip install --target DIR sherpa-onnx-core==1.13.4) and build again with "
               "cmake -DEARSHOT_SHERPA_ONNX=ON -DSHERPA_ONNX_ROOT=DIR/sherpa_onnx"};
}

}  // namespace earshot::worker::sherpa
