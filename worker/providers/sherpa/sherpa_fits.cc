// CMake compiles and links this alone, to see whether the sherpa-onnx that it found is of the right series.
#include <string>

#include "worker/providers/sherpa/sherpa_api.h"

int main() {
  return std::string(SherpaOnnxGetVersionStr()).starts_with(earshot::worker::sherpa::kReleaseSeries) ? 0 : 1;
}
