/* SPDX-License-Identifier: MIT */
/* peak_memory COMMAND [ARGUMENT ...]: runs the command with its output thrown away and prints the
 * most memory it ever had resident, in kibibytes. Exits 1 when it cannot be run or fails. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void become(char **command)
{
    int nowhere = open("/dev/null", O_WRONLY);
    if (nowhere >= 0) {
        (void)dup2(nowhere, STDOUT_FILENO);
        (void)execvp(command[0], command);
    }
    _exit(127);
}

int main(int argc, char **argv)
{
    struct rusage usage;
    int state = -1;
    if (argc < 2) {
        return 1;
    }
    pid_t child = fork();
    if (child == 0) {
        become(argv + 1);
    }
    if (child < 0 || waitpid(child, &state, 0) != child || state != 0 ||
        getrusage(RUSAGE_CHILDREN, &usage) != 0) {
        return 1;
    }
    printf("%ld\n", usage.ru_maxrss);
    return 0;
}
