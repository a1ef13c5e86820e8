import { createHash } from 'node:crypto'

/** Ni vocales, que forman palabras, ni letras que se confunden con otras al leerlas o dictarlas. */
export const LETRAS = 'BCDFGHJKMNPQRSTWXYZ'
const LARGO = 6

/** Seis letras que salen del identificador. Si ya las lleva otra reserva, `intento` da las que siguen. */
export const localizador_de = (id_reserva: string, intento: number): string => {
  const bytes = createHash('sha256').update(`localizador ${intento} ${id_reserva}`).digest()
  // Cuatro bytes por letra: el resto de dividir por 19 casi no favorece a ninguna.
  return Array.from({ length: LARGO }, (_, i) => LETRAS[bytes.readUInt32BE(i * 4) % LETRAS.length]).join('')
}
