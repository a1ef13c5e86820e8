import type { Registry } from 'prom-client'
import type { Almacen } from '../../almacen/puerto.ts'
import { puntoDeCaida } from '../../almacen/punto_de_caida.ts'
import type { Entorno } from '../../puertos.ts'
import { esPasajero } from '../paciencia.ts'
import type { Broker, Inicio, Suscripcion } from '../puerto.ts'
import { administrar } from './admin.ts'
import { apartarEn, crearApartados, recogerDevueltos } from './apartados.ts'
import { Atrasos } from './atrasos.ts'
import type { EsquemaARegistrar } from './esquemas.ts'
import { leerTopico } from './lectura.ts'
import { crearMedidas } from './medidas.ts'
import { Preparacion } from './preparacion.ts'
import { type Devuelto, deDevuelto } from './recibido.ts'
import { RelevoDeTopico } from './relevo.ts'
import { escritorDeSalida } from './salida.ts'
import { type ServicioDado, servicioPulsar } from './servicio.ts'
import { SuscripcionPulsar } from './suscripcion.ts'
import { leerDevueltos as devueltosDe, tomarDevueltosDe } from './tablas_de_consumo.ts'

const ARRIENDO_MS = 10_000
const PAGINA = 500

export type OpcionesPulsar = Readonly<{
  /** Donde se escribe lo que sale y lo que se sabe de cada suscripción. Sin él sólo se puede leer. */
  almacen?: Almacen
  entorno: Entorno
  servicio: ServicioDado
  /** Los tópicos que este proceso escribe: se registran antes del primer mensaje. */
  esquemas?: readonly EsquemaARegistrar[]
  /** Cuánto conserva Pulsar lo que ya nadie espera. Sin ello no se toca lo que el espacio tenga dicho. */
  conservarMs?: number
  registro?: Registry
  /** Cuánto calla un relevo antes de que otro proceso tome su lugar. */
  arriendoMs?: number
  alFallar: (error: unknown) => void
}>

/** `preparado` se cumple la primera vez que Pulsar contesta, y rechaza si lo que falla no se arregla esperando. */
export type BrokerPulsar = Broker & Readonly<{ preparado: Promise<void> }>

/**
 * El broker sobre un Apache Pulsar de verdad: su API de WebSocket y la de administración. Rechaza, con una frase, si Pulsar contesta y
 * repetir no lo arregla (`pulsar_no_autorizado`, `pulsar_sin_espacio`, `pulsar_antiguo`, `esquema_incompatible`). Si no contesta
 * abre igual: lo publicado espera en el almacén y las suscripciones se conectan cuando se pueda.
 */
export const abrirBrokerPulsar = async (opciones: OpcionesPulsar): Promise<BrokerPulsar> => {
  const { almacen, entorno, esquemas = [], conservarMs, registro, arriendoMs = ARRIENDO_MS, alFallar } = opciones
  const servicio = servicioPulsar(opciones.servicio)
  const admin = administrar(servicio)
  const preparacion = new Preparacion({ admin, entorno, esquemas, conservarMs, alFallar })
  const relevos = new Map<string, RelevoDeTopico>()
  const medidas = crearMedidas(registro, () => [...relevos.values()].reduce((n, { enVuelo }) => n + enVuelo, 0))
  const comun = { entorno, servicio, admin, medidas, alFallar, dueno: entorno.ids(), epoca: () => preparacion.epoca }
  const preparar = (topico: string): Promise<void> => preparacion.topico(topico)
  try {
    await preparacion.intentar()
  } catch (error) {
    admin.cerrar()
    throw error
  }
  const preparado = preparacion.lista
  const soltar = (): void => {
    preparacion.terminar()
    admin.cerrar()
  }
  if (almacen === undefined)
    return { ...soloLectura(), preparado, leer: (lectura) => leerTopico({ ...comun, preparar }, lectura), cerrar: async () => soltar() }

  const suscripciones = new Map<string, SuscripcionPulsar>()
  const abiertas = new Map<string, Promise<SuscripcionPulsar>>()
  let cerrando = false

  const relevoDe = (topico: string): RelevoDeTopico => {
    const relevo = relevos.get(topico) ?? new RelevoDeTopico({ ...comun, almacen, arriendoMs, preparar: () => preparar(topico) }, topico)
    relevos.set(topico, relevo)
    return relevo
  }
  const deTopico = (topico: string): SuscripcionPulsar[] => [...suscripciones.values()].filter((una) => una.topico === topico)

  const escribir = escritorDeSalida({
    almacen,
    entorno,
    alEscribir: (topico, filas) => {
      if (!cerrando) relevoDe(topico).entregar(filas)
      for (const suscripcion of deTopico(topico)) suscripcion.publicados(filas.length)
    },
  })

  const conSuscripciones = { almacen, suscripcion: (de: Pick<Suscripcion, 'topico' | 'nombre'>) => suscripciones.get(llaveDe(de)) }
  const recoger = () => recogerDevueltos(conSuscripciones)
  const atrasos = new Atrasos({ ...comun, almacen, suscripciones, relevoDe, recoger })

  /** Lo último es lo último que se confirmó aquí, aunque todavía vaya de camino. */
  const conLoDeAntes =
    (inicio: Inicio) =>
    async (topico: string): Promise<void> => {
      await preparar(topico)
      if (inicio === 'ultimo') await atrasos.hastaQueSalga(topico)
    }

  const prepararSuscripcion = async (suscripcion: Suscripcion): Promise<void> => {
    await conLoDeAntes(suscripcion.inicio)(suscripcion.topico)
    await preparacion.suscripcion(suscripcion)
  }

  const abrirSuscripcion = async (pedida: Suscripcion): Promise<SuscripcionPulsar> => {
    const abierta = new SuscripcionPulsar(
      {
        ...comun,
        almacen,
        preparar: prepararSuscripcion,
        publicarApartado: async (tx, apartado) => {
          await apartarEn(tx, { ahora: entorno.reloj.ahora, publicar: (tx, mensaje) => escribir(tx, [mensaje]) }, apartado)
          tx.alConfirmar(medidas.apartado)
        },
      },
      pedida,
    )
    if (preparacion.hecha) await prepararSuscripcion(pedida).catch(siNoEsPasajero(alFallar))
    const devueltos = await leerDevueltos(almacen, pedida)
    abierta.devolver(devueltos)
    abierta.contados((await atrasos.contar(pedida).catch(siNoEsPasajero(alFallar))) ?? devueltos.length)
    suscripciones.set(llaveDe(pedida), abierta)
    return abierta
  }

  const abrirUnaVez = (suscripcion: Suscripcion): Promise<SuscripcionPulsar> => {
    const llave = llaveDe(suscripcion)
    const abierta = abiertas.get(llave) ?? abrirSuscripcion(suscripcion)
    abiertas.set(llave, abierta)
    abierta.catch(() => abiertas.delete(llave))
    return abierta
  }

  return {
    preparado,
    leer: (lectura) => leerTopico({ ...comun, preparar: conLoDeAntes(lectura.desde) }, lectura),
    publicar: async (tx, mensajes) => {
      puntoDeCaida('outbox.antes_de_escribir')
      await escribir(tx, mensajes)
      puntoDeCaida('outbox.despues_de_escribir')
    },
    suscribir: async (suscripcion) => {
      const abierta = await abrirUnaVez(suscripcion)
      if (abierta.tipo !== suscripcion.tipo) throw new Error(`La suscripción ${abierta.nombre} es ${abierta.tipo}, no ${suscripcion.tipo}.`)
      return abierta.tipo === 'Exclusive' && preparacion.hecha ? abierta.unirSola(suscripcion) : abierta.unir(suscripcion)
    },
    atrasos: () => atrasos.todos(),
    apartados: crearApartados(conSuscripciones),
    cerrar: async () => {
      cerrando = true
      await Promise.allSettled(abiertas.values())
      await Promise.all([...suscripciones.values()].map((suscripcion) => suscripcion.cerrar()))
      await Promise.all([atrasos.terminar(), ...[...relevos.values()].map((relevo) => relevo.cerrar())])
      soltar()
    },
  }
}

const llaveDe = ({ topico, nombre }: Pick<Suscripcion, 'topico' | 'nombre'>): string => JSON.stringify([topico, nombre])

const siNoEsPasajero =
  (alFallar: (error: unknown) => void) =>
  (error: unknown): undefined => {
    if (!esPasajero(error)) throw error
    alFallar(error)
  }

const leerDevueltos = async (almacen: Almacen, { topico, nombre }: Suscripcion): Promise<Devuelto[]> => {
  await almacen.ejecutar((tx) => tx.ejecutar(tomarDevueltosDe, { topico, nombre }), 'consumidor')
  const devueltos: Devuelto[] = []
  for (;;) {
    const desde = devueltos.at(-1)?.devuelto ?? 0
    const pagina = await almacen.lector.todas(devueltosDe, { topico, nombre, desde, maximo: PAGINA })
    devueltos.push(...pagina.map(deDevuelto))
    if (pagina.length < PAGINA) return devueltos
  }
}

/** Un proceso sin almacén no puede prometer nada de lo que estas funciones prometen. */
const soloLectura = (): Omit<Broker, 'leer' | 'cerrar'> => {
  const sinAlmacen = async (): Promise<never> => {
    throw new Error('Este proceso abrió Pulsar sin almacén: sólo puede leer.')
  }
  return { publicar: sinAlmacen, suscribir: sinAlmacen, atrasos: () => [], apartados: { ver: async () => [], reintentar: sinAlmacen } }
}
