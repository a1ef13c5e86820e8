/** Bytes, milisegundos y cuentas. */
export type LimitesDeFlujo = Readonly<{
  /** Sin enviar a un receptor: pasado `suave` se deja de enviarle y se sigue después desde el registro; pasado `duro` se le corta. */
  suave: number
  duro: number
  /** Lo más reciente de cada tópico que se conserva en memoria para ponerse al día sin leer el registro. */
  memoria: Readonly<{ avisos: number; bytes: number }>
}>

export const LIMITES_DE_FLUJO: LimitesDeFlujo = {
  suave: 256 * 1_024,
  duro: 1_024 * 1_024,
  memoria: { avisos: 4_096, bytes: 4 * 1_024 * 1_024 },
}
