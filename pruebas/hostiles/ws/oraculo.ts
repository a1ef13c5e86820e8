import { isUtf8 } from 'node:buffer'
import { OPCODE, type Trama } from './tramas.ts'

/** Con qué tiene que cerrar el servidor. `SIN_CODIGO`: una despedida vacía; `SIN_CIERRE`: se corta sin despedirse. */
export const SIN_CODIGO = 1005
export const SIN_CIERRE = 1006

/** Qué hace quien atiende con un mensaje entero, o con un ping: nada, o cerrar con alguno de esos códigos. */
export type Atiende = (que: Readonly<{ opcode: number; carga: Buffer }>) => readonly number[] | undefined
/** A quien manda más pings que éstos sin dejar salir las respuestas, se le corta sin despedida. Depende de cómo lleguen los bytes. */
const PINGS_A_LA_VEZ = 60

export type Reglas = Readonly<{ maximo: number; atiende: Atiende }>

const esCodigo = (codigo: number): boolean =>
  (codigo >= 1000 && codigo <= 1014 && ![1004, 1005, 1006].includes(codigo)) || (codigo >= 3000 && codigo <= 4999)

const esControl = (opcode: number): boolean => opcode >= OPCODE.cierre

/** Lo que está mal en la cabeza de una trama que manda un cliente (RFC 6455 §5). */
const malHecha = ({ fin, reservados, opcode, mascara, carga }: Trama, aMedias: boolean): boolean => {
  if (reservados !== 0 || mascara === undefined) return true
  if (opcode === OPCODE.sigue) return !aMedias
  if (opcode === OPCODE.texto || opcode === OPCODE.binaria) return aMedias
  if (opcode !== OPCODE.cierre && opcode !== OPCODE.ping && opcode !== OPCODE.pong) return true
  return !fin || carga.length > 125 || (opcode === OPCODE.cierre && carga.length === 1)
}

const alCierre = (carga: Buffer): number => {
  if (carga.length === 0) return SIN_CODIGO
  const codigo = carga.readUInt16BE(0)
  if (!esCodigo(codigo)) return 1002
  return isUtf8(carga.subarray(2)) ? codigo : 1007
}

/** Los códigos con que puede cerrar lo que reciba esas tramas. */
export const seEspera = (tramas: readonly Trama[], reglas: Reglas): readonly number[] => {
  const pings = tramas.filter(({ opcode }) => opcode === OPCODE.ping).length
  return [...porLaNorma(tramas, reglas), ...(pings >= PINGS_A_LA_VEZ ? [SIN_CIERRE] : [])]
}

/** Los códigos con que puede cerrar lo que reciba esas tramas, por la norma y por lo que dice quien atiende. Nunca lo escribió el servidor. */
const porLaNorma = (tramas: readonly Trama[], { maximo, atiende }: Reglas): readonly number[] => {
  let mensaje: { opcode: number; trozos: Buffer[]; bytes: number } | undefined
  for (const trama of tramas) {
    const { fin, opcode, carga, dice = BigInt(carga.length) } = trama
    if (malHecha(trama, mensaje !== undefined)) return [1002]
    if (esControl(opcode)) {
      if (opcode === OPCODE.cierre) return [alCierre(carga)]
      const cierra = opcode === OPCODE.ping ? atiende({ opcode, carga }) : undefined
      if (cierra !== undefined) return cierra
      continue
    }
    const suyo = mensaje ?? { opcode, trozos: [], bytes: 0 }
    if (dice > BigInt(maximo - suyo.bytes)) return [1009]
    if (dice !== BigInt(carga.length)) return [SIN_CIERRE]
    mensaje = { ...suyo, trozos: [...suyo.trozos, carga], bytes: suyo.bytes + carga.length }
    if (!fin) continue
    const entera = Buffer.concat(mensaje.trozos)
    mensaje = undefined
    if (suyo.opcode === OPCODE.texto && !isUtf8(entera)) return [1007]
    const cierra = atiende({ opcode: suyo.opcode, carga: entera })
    if (cierra !== undefined) return cierra
  }
  return [SIN_CIERRE]
}
