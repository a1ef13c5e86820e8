import { randomFillSync } from 'node:crypto'
import type { Instante } from '../dominio/instante.ts'
import type { Entorno, Ids, Planificador } from './puertos.ts'

/** De dónde sale un UUIDv7: la hora, y quién llena de azar unos bytes. */
export type FuentesUuid = Readonly<{ ahora: () => Instante; llenar: (bytes: Uint8Array) => void }>

/**
 * UUIDv7 (RFC 9562 §5.7 y §6.2, método 1): 48 bits de hora, 12 de cuenta que empieza al azar y 62 de azar nuevo en cada uno. Cada
 * identificador es mayor que los anteriores de este generador, aunque la hora retroceda; y de uno no se adivina el siguiente, que es lo
 * que protege la reserva de un invitado.
 */
export const generadorUuidv7 = ({ ahora, llenar }: FuentesUuid): Ids => {
  const azarEn = reservaDeAzar(llenar)
  const bytes = Buffer.alloc(16)
  let hora = 0
  let cuenta = CUENTA_MAXIMA
  return () => {
    const actual = ahora()
    if (actual <= hora && cuenta < CUENTA_MAXIMA) {
      cuenta++
    } else {
      // La hora avanzó, o la cuenta de este milisegundo se agotó: se toma prestado el siguiente.
      hora = Math.max(actual, hora + 1)
      bytes.writeUIntBE(hora, 0, 6)
      azarEn(bytes, 6, 2)
      cuenta = bytes.readUInt16BE(6) & CUENTA_MAXIMA
    }
    bytes.writeUInt16BE(0x7000 | cuenta, 6)
    azarEn(bytes, 8, 8)
    bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8)
    return conGuiones(bytes.toString('hex'))
  }
}

const CUENTA_MAXIMA = 0xfff

const conGuiones = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`

/** Pide el azar de a muchos bytes, porque cada petición cuesta más que un identificador. Ningún byte se entrega dos veces. */
const reservaDeAzar = (llenar: FuentesUuid['llenar']) => {
  const reserva = Buffer.alloc(4096)
  let usados = reserva.length
  return (destino: Buffer, desde: number, cuantos: number): void => {
    if (usados + cuantos > reserva.length) {
      llenar(reserva)
      usados = 0
    }
    reserva.copy(destino, desde, usados, usados + cuantos)
    usados += cuantos
  }
}

/** El plazo más largo de `setTimeout`: uno mayor dispararía al instante. */
const PLAZO_MAXIMO = 2 ** 31 - 1

/** Los temporizadores no mantienen vivo el proceso: eso lo hacen los servidores abiertos. */
const planificador: Planificador = {
  enseguida: (tarea) => void setImmediate(tarea),
  tras: (ms, tarea) => {
    let temporizador: NodeJS.Timeout
    const esperar = (faltan: number): void => {
      const tramo = Math.min(faltan, PLAZO_MAXIMO)
      temporizador = setTimeout(() => (faltan > tramo ? esperar(faltan - tramo) : tarea()), tramo).unref()
    }
    esperar(ms)
    return { cancelar: () => clearTimeout(temporizador) }
  },
}

/** El entorno de verdad. Es uno por proceso, porque sus identificadores crecen dentro de él. */
export const entornoReal: Entorno = {
  reloj: { ahora: () => Date.now(), monotono: () => performance.now() },
  ids: generadorUuidv7({ ahora: Date.now, llenar: randomFillSync }),
  azar: Math.random,
  planificador,
}
