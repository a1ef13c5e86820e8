import type { Timestamp } from '../gen/google/protobuf/timestamp.ts'
import { invalido } from '../grpc/estados.ts'

/** Lo que un `Timestamp` admite: del año 1 al 9999. */
const [DESDE, HASTA] = [-62_135_596_800n, 253_402_300_799n]

/** El instante en UTC, con milisegundos. Lanza `datos_invalidos` con el nombre del campo si no está entre los que existen. */
export const aTexto = ({ seconds, nanos }: Timestamp, campo: () => string): string => {
  if (seconds < DESDE || seconds > HASTA || nanos < 0 || nanos > 999_999_999) throw invalido(campo(), 'no es un instante que exista')
  return new Date(Number(seconds) * 1_000 + Math.floor(nanos / 1_000_000)).toISOString()
}

/** Lo contrario, de los instantes que escribe la API. */
export const deTexto = (texto: string): Timestamp => {
  const ms = Date.parse(texto)
  const seconds = Math.floor(ms / 1_000)
  return { seconds: BigInt(seconds), nanos: (ms - seconds * 1_000) * 1_000_000 }
}
