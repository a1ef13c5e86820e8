/** Nombra un lugar junto a un paso durable. No hace nada, salvo que una prueba lo haya armado con `armarCaida`. */
export const puntoDeCaida = (nombre: string): void => armada?.(nombre)

let armada: ((nombre: string) => void) | undefined

/** Sólo pruebas: `efecto` corre en cada punto por el que se pasa, con su nombre. Sin argumento, desarma. */
export const armarCaida = (efecto?: (nombre: string) => void): void => {
  armada = efecto
}
