import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { credentials, type ServiceError, status } from '@grpc/grpc-js'
import type { Azar } from 'seedwork/infraestructura/puertos.ts'
import { mulberry32 } from 'seedwork/pruebas/entorno_virtual.ts'
import { VuelosClient } from 'sidecar/gen/vuelos.ts'
import { llamar, metadatos } from 'sidecar/llamar.ts'
import { type Cliente, crearCliente, type Respuesta } from '../../../tests/apoyo/cliente.ts'
import { unPedido } from '../../../tests/apoyo/pedidos.ts'
import { enMensaje } from '../../../tests/apoyo/sidecar.ts'
import { navegador } from '../../../tests/apoyo/ui.ts'
import type { Blanco } from '../apoyo/blanco.ts'
import { leerAjeno } from './avro.ts'
import {
  cabecerasAjenas,
  cancelacionConAjenos,
  consultaConAjenos,
  INTRUSO,
  LEGITIMO,
  metadatosAjenos,
  pedidoConAjenos,
  tramaConAjenos,
} from './casos.ts'

export type Ataque = Readonly<{
  casos: number
  porDonde: Readonly<Record<string, number>>
  /** De cada lugar, cuántos se aceptaron. */
  aceptados: Readonly<Record<string, number>>
  faltas: readonly string[]
}>

const EN_VUELO = 16
const FALTAS_MAXIMAS = 20

type Intento = Readonly<{ bien: boolean; falta?: string | undefined }>
type Puerta = (azar: Azar) => Promise<Intento>

/** Una respuesta no cuenta lo ajeno, ni hizo caso de ello. */
const mirar = ({ estado, texto }: Respuesta, pedido: string): Intento => {
  const bien = estado < 300
  if (estado >= 500) return { bien, falta: `un ${estado} a ${pedido.slice(0, 200)}` }
  if (bien && texto.includes(INTRUSO)) return { bien, falta: `la respuesta repite lo ajeno: ${texto.slice(0, 200)}` }
  return {
    bien,
    falta: bien && /"estado":"(?:PAGADA|APROBADA)"/.test(texto) ? `hizo caso de un estado: ${pedido.slice(0, 200)}` : undefined,
  }
}

/** Un productor del broker, con sus respuestas en orden. */
const abrirProductor = async (puerto: number) => {
  const enchufe = new WebSocket(`ws://127.0.0.1:${puerto}/ws/v2/producer/persistent/public/default/hostil`)
  const esperan: ((texto: string) => void)[] = []
  enchufe.addEventListener('message', ({ data }) => esperan.shift()?.(String(data)))
  await new Promise((listo, fallar) => {
    enchufe.addEventListener('open', listo, { once: true })
    enchufe.addEventListener('error', fallar, { once: true })
  })
  const enviar = (trama: string): Promise<string> =>
    new Promise((listo) => {
      esperan.push(listo)
      enchufe.send(trama)
    })
  return { enviar, cerrar: () => enchufe.close() }
}

const porHttp = (cliente: Cliente): Readonly<Record<string, Puerta>> => ({
  cuerpo: async (azar) => {
    const ruta = ['/vuelos/reserva', '/vuelos/reserva-comando', '/vuelos/reserva-commando'][Math.floor(azar() * 3)] as string
    const crudo = pedidoConAjenos(azar)
    const cabeceras: Record<string, string> = azar() < 0.2 ? { 'idempotency-key': `llave-${azar()}` } : {}
    return mirar(await cliente.pedir('POST', ruta, { crudo, cabeceras }), crudo)
  },
  cancelacion: async (azar) => {
    const { id } = await cliente.unaReserva()
    const crudo = cancelacionConAjenos(azar)
    return mirar(await cliente.cancelar(id, { crudo }), crudo)
  },
  consulta: async (azar) => {
    const consulta = consultaConAjenos(azar)
    if (azar() < 0.3) return mirar(await cliente.pedir('POST', `/vuelos/reserva?${consulta}`, { cuerpo: unPedido() }), consulta)
    const camino = ['/vuelos/reserva', '/cliente/historial', '/aeropuertos', '/vuelos/itinerarios'][Math.floor(azar() * 4)] as string
    const respuesta = await cliente.pedir('GET', `${camino}?${consulta}`)
    // La página siguiente se nombra con la misma consulta: no es guardarla.
    return { ...mirar(respuesta, consulta), bien: respuesta.estado < 300 }
  },
})

/** Por el `/api` de la página: el cuerpo, la consulta y las cabeceras de quien navega, que ni dicen quién es ni pasan de ahí. */
const porPagina =
  (cliente: Cliente): Puerta =>
  async (azar) => {
    const [cabeceras, consulta] = [cabecerasAjenas(azar), consultaConAjenos(azar)]
    const crudo = azar() < 0.6 ? pedidoConAjenos(azar) : undefined
    const respuesta = await (crudo === undefined
      ? cliente.pedir('GET', `${azar() < 0.5 ? '/cliente/historial' : '/aeropuertos'}?${consulta}`, { cabeceras })
      : cliente.pedir('POST', `/vuelos/reserva${azar() < 0.5 ? '' : '-comando'}`, { crudo, cabeceras }))
    if (respuesta.estado === 401) return { bien: false, falta: `la página hizo caso de quien dice ser otro: ${JSON.stringify(cabeceras)}` }
    const intento = mirar(respuesta, crudo ?? consulta)
    // La página siguiente se nombra con la misma consulta: no es guardarla.
    return crudo === undefined ? { ...intento, falta: respuesta.estado >= 500 ? intento.falta : undefined } : intento
  }

const porGrpc =
  (cliente: VuelosClient): Puerta =>
  async (azar) => {
    const metadata = metadatos(metadatosAjenos(azar))
    const codigo = await llamar(cliente, 'crearReserva', enMensaje(unPedido()), { metadata, deadline: Date.now() + 20_000 }).then(
      () => status.OK,
      ({ code }: ServiceError) => code,
    )
    const malo = codigo === status.INTERNAL || codigo === status.UNKNOWN
    return { bien: codigo === status.OK, falta: malo ? `gRPC respondió ${status[codigo]}` : undefined }
  }

const porAvro: Puerta = async (azar) => ({ bien: true, falta: leerAjeno(azar) })

/** De cada cien casos, cuántos por dónde. */
const PARTES = { cuerpo: 40, consulta: 15, cancelacion: 5, pagina: 10, grpc: 10, websocket: 10, avro: 10 } as const

/** Con menos, que ninguno se acepte es cosa de la suerte. */
const BASTANTES = 50

/** Por dónde no se aceptó ninguno: ahí no se probó que lo ajeno se deje de lado. */
const sinAceptar = (porDonde: ReadonlyMap<string, number>, aceptados: ReadonlyMap<string, number>): readonly string[] =>
  [...porDonde].flatMap(([nombre, veces]) => (veces < BASTANTES || aceptados.has(nombre) ? [] : [`de ${nombre} no se aceptó ninguno`]))

/** Manda lo ajeno por cada lugar donde algo se decodifica. */
export const atacar = async (blanco: Blanco, { casos, semilla }: Readonly<{ casos: number; semilla: number }>): Promise<Ataque> => {
  const cliente = crearCliente(`http://127.0.0.1:${blanco.puerto}`, blanco.firmar('ana', 'viajero'))
  const grpc = new VuelosClient(blanco.grpc, credentials.createInsecure())
  const productor = await abrirProductor(blanco.broker)
  const porWebSocket: Puerta = async (azar) => {
    const respuesta = await productor.enviar(tramaConAjenos(azar))
    return { bien: respuesta.includes('"ok"'), falta: respuesta.includes(INTRUSO) ? `el broker repite lo ajeno: ${respuesta}` : undefined }
  }
  const puertas: Readonly<Record<keyof typeof PARTES, Puerta>> = {
    ...(porHttp(cliente) as Record<'cuerpo' | 'consulta' | 'cancelacion', Puerta>),
    pagina: porPagina((await navegador({ url: `http://127.0.0.1:${blanco.interfaz}` })).api),
    grpc: porGrpc(grpc),
    websocket: porWebSocket,
    avro: porAvro,
  }
  const turno = Object.entries(PARTES).flatMap(([nombre, parte]) => Array.from({ length: parte }, () => nombre as keyof typeof PARTES))
  const porDonde = new Map<string, number>()
  const aceptados = new Map<string, number>()
  const faltas: string[] = []
  let siguiente = 0
  const trabajar = async (): Promise<void> => {
    for (let cual = siguiente++; cual < casos && faltas.length < FALTAS_MAXIMAS; cual = siguiente++) {
      const nombre = turno[(cual * 37) % turno.length] as keyof typeof PARTES
      const { bien, falta } = await puertas[nombre](mulberry32(semilla + cual)).catch((error: unknown) => ({
        bien: false,
        falta: String(error),
      }))
      porDonde.set(nombre, (porDonde.get(nombre) ?? 0) + 1)
      if (bien) aceptados.set(nombre, (aceptados.get(nombre) ?? 0) + 1)
      if (falta !== undefined) faltas.push(`caso ${semilla + cual}, ${nombre}: ${falta}`)
    }
  }
  await Promise.all(Array.from({ length: EN_VUELO }, trabajar))
  productor.cerrar()
  grpc.close()
  return {
    casos: [...porDonde.values()].reduce((suma, uno) => suma + uno, 0),
    porDonde: Object.fromEntries(porDonde),
    aceptados: Object.fromEntries(aceptados),
    faltas: [...faltas, ...sinAceptar(porDonde, aceptados)],
  }
}

/** Cuántos archivos de la carpeta, mirados byte a byte, llevan lo ajeno; y si alguno lleva lo que sí debía quedar. */
export const buscarEnDisco = (carpeta: string): Readonly<{ conIntruso: readonly string[]; conLegitimo: boolean }> => {
  const archivos = readdirSync(carpeta, { recursive: true, encoding: 'utf8' }).filter((uno) => statSync(join(carpeta, uno)).isFile())
  const llevan = (marca: string) => archivos.filter((uno) => readFileSync(join(carpeta, uno)).includes(marca))
  return { conIntruso: llevan(INTRUSO), conLegitimo: llevan(LEGITIMO).length > 0 }
}
