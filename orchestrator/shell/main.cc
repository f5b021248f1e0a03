#include "orchestrator/shell/program.h"

int main(int argc, char** argv) { return s1mple::run_program(argc, argv); }
