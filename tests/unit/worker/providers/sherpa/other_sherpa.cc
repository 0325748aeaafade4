// All that this library can do is to tell its release.
extern "C" __attribute__((visibility("default"))) const char* SherpaOnnxGetVersionStr() {
  return OTHER_RELEASE;
}
