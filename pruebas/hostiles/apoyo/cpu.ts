/** Milisegundos de procesador que lleva gastados este hilo: lo que tarda algo aunque la máquina se comparta. */
export const cpuMs = (): number => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}
