import { setTimeout as momento } from 'node:timers/promises'
import { mulberry32 } from 'seedwork/pruebas/entorno_virtual.ts'
import { nuevaSesion } from 'ui/web/sesion.ts'
import { crearCliente } from '../../../tests/apoyo/cliente.ts'
import { abrirServidorDeCorreo, cabeceraDe } from '../../../tests/apoyo/correo.ts'
import { unaOferta } from '../../../tests/apoyo/ofertas.ts'
import { type Contexto, cargar, repetirDesconocidos } from '../../../tests/procesos/apoyo/carga.ts'
import { hastaQue } from '../../../tests/procesos/apoyo/hechos.ts'
import { faltas, leerRestos } from '../../../tests/procesos/apoyo/leyes.ts'
import { type NombreDeServicio, type Servicio, unosServicios } from '../../../tests/procesos/apoyo/servicios.ts'
import { unBanco } from '../../../tests/procesos/apoyo/servidor.ts'
import { correosDe, historias, pagina } from '../../../tests/procesos/apoyo/testigos.ts'
import { COMUN } from '../../caidas/almacenes.ts'
import { pedirSinParar } from '../../caidas/por_sidecar.ts'
import { quieto } from '../../caidas/quietud.ts'
import { conAlcance } from './alcance.ts'
import { controlDeLeyes } from './cuentas.ts'
import { PRECARGA, type Salto, saltar, tempranos } from './saltos.ts'

/** Los que se despliegan solos y no son la API. */
const SOLOS = ['notificaciones', 'ui', 'sidecar'] as const
const RESPONDE_MS = 10_000
/** Lo que la página firma vale esto: con su hora más atrás, la API no la reconoce, y se lo dice. */
const FIRMA_MS = 60_000
/** Un correo que encontró mal la hora se repite a los diez segundos. */
const DRENA_MS = 40_000
/** De a cuántos se le pide a la API, y cada cuánto. */
const [PEDIDOS, CADA_MS] = [4, 60]

type Solo = (typeof SOLOS)[number]

/** Los cuatro procesos, cada uno con un reloj suyo que se le puede cambiar. */
const abrir = async (alcance: Parameters<typeof unBanco>[0]) => {
  const banco = unBanco(alcance)
  const correo = await abrirServidorDeCorreo({ soloCabeceras: true })
  alcance.after(correo.cerrar)
  const servicios = unosServicios(banco, { smtp: correo.url, comun: { ...COMUN, NODE_OPTIONS: `--import ${PRECARGA}` } })
  const relojDe = (nombre: NombreDeServicio): string => `${banco.carpeta}/reloj-de-${nombre}`
  const vivos = {} as Record<NombreDeServicio, Servicio>
  for (const nombre of ['api', ...SOLOS] as const)
    vivos[nombre] = await servicios.listo(nombre, servicios.lanzar(nombre, { RELOJ_CARPETA: relojDe(nombre) }))
  const { api = '', ui = '', grpc = '', notificaciones = '' } = Object.assign({}, ...Object.values(vivos).map((uno) => uno.direcciones))
  return { banco, correo, relojDe, vivos, api, ui, grpc, notificaciones }
}

/** Lo que se le vio a la página y al servidor de correo, frente a lo que ocurrió. */
type Visto = Readonly<{
  eventos: readonly Readonly<{ id: string; tipo: string; llave: string }>[]
  mostrados: readonly Readonly<{ que: string; reserva: string }>[]
  estados: ReadonlyMap<string, string>
  aceptados: readonly string[]
}>

const TERMINADOS = new Set<string | undefined>(['enviado', 'sin_correo'])

/** De cada evento, un correo con final y a lo sumo uno en el buzón; y la página lo mostró una vez, en su orden. */
const faltasDeAfuera = ({ eventos, mostrados, estados, aceptados }: Visto): readonly string[] => {
  const debidas = historias(eventos.map(({ llave, tipo }) => ({ reserva: llave, que: tipo })))
  const vistas = historias(mostrados)
  const sinMostrar = Object.keys(debidas).filter((reserva) => String(vistas[reserva]) !== String(debidas[reserva]))
  return [
    ...eventos.filter(({ id }) => !TERMINADOS.has(estados.get(id))).map(({ id }) => `el correo de ${id} no terminó: ${estados.get(id)}`),
    ...(new Set(aceptados).size === aceptados.length ? [] : ['un correo está repetido en el buzón']),
    ...sinMostrar.map((reserva) => `la página mostró de ${reserva} ${vistas[reserva]} y ocurrió ${debidas[reserva]}`),
  ]
}

/** Lo visto, falseado de tres maneras: cada una tiene que notarse. */
const controlDeAfuera = (visto: Visto): boolean => {
  const { mostrados, estados, aceptados } = visto
  const falseados: readonly Visto[] = [
    { ...visto, mostrados: mostrados.slice(1) },
    { ...visto, estados: new Map([...estados].slice(1)) },
    { ...visto, aceptados: [...aceptados, ...aceptados.slice(0, 1)] },
  ]
  return aceptados.length > 0 && falseados.every((falso) => faltasDeAfuera(falso).length > 0)
}

/** Las notificaciones, la página y el adaptador gRPC, cada uno en su proceso: a los tres les salta la hora a la vez, cada uno a la suya, y vuelve. Con
 * la hora mal siguen respondiendo; al final, nada se perdió ni se dobló. */
export const enProcesosAparte = (rondas: readonly Readonly<Record<Solo, Salto>>[], semilla: number) =>
  conAlcance(async (alcance) => {
    const { banco, correo, relojDe, vivos, api, ui, grpc, notificaciones } = await abrir(alcance)
    const ofertas = [(await unaOferta(crearCliente(api))).id_oferta]
    let porSidecar = 0
    const contexto: Contexto = { diario: [], azar: mulberry32(semilla), firmas: {}, ofertas }
    const vista = pagina(alcance, () => ui)
    await hastaQue('que la página escuche', vista.escucha)
    let sigue = true
    const carga = async (): Promise<void> => {
      for (; sigue; await momento(CADA_MS)) await cargar(contexto, { api, terminado: () => !sigue }, PEDIDOS)
    }
    const contado: Contexto = {
      ...contexto,
      anotar: ({ desenlace }) => {
        if (desenlace === 'ok') porSidecar++
      },
    }
    const cargas = Promise.all([carga(), pedirSinParar(contado, { direccion: () => grpc, sigue: () => sigue })])
    alcance.after(() => {
      sigue = false
    })

    const cookie = `sesion=${nuevaSesion().secreto}`
    const estadoDe = async (url: string): Promise<number> => {
      const respuesta = await fetch(url, { headers: { cookie }, signal: AbortSignal.timeout(RESPONDE_MS) })
      await respuesta.arrayBuffer()
      return respuesta.status
    }
    /** Con la página a esa hora: los tres responden, y lo nuevo se acepta por el adaptador y se ve en la página. */
    const responden = async (desfaseDeLaPagina: number): Promise<readonly string[]> => {
      const [antes, aceptados] = [vista.cuantos(), porSidecar]
      const debido = desfaseDeLaPagina <= -FIRMA_MS ? 401 : 200
      const estados = [
        ['las notificaciones', await estadoDe(`${notificaciones}/health/ready`), 200],
        ['la página', await estadoDe(ui), 200],
        ['lo que la página pide', await estadoDe(`${ui}/api/cliente/historial`), debido],
      ] as const
      await hastaQue('que el adaptador acepte', () => porSidecar > aceptados + 1, RESPONDE_MS)
      await hastaQue('que la página lo muestre', () => vista.cuantos() > antes, RESPONDE_MS)
      return estados.flatMap(([quien, estado, suyo]) => (estado === suyo ? [] : [`${quien} respondió ${estado} y no ${suyo}`]))
    }
    const halladas: string[] = []
    for (const ronda of rondas) {
      const desfases = SOLOS.map((nombre) => [nombre, ronda[nombre].desfase()] as const)
      await Promise.all(desfases.map(([nombre, desfase]) => saltar(vivos[nombre].pid, relojDe(nombre), desfase)))
      halladas.push(...(await responden(Object.fromEntries(desfases).ui ?? 0)))
      await Promise.all(SOLOS.map((nombre) => saltar(vivos[nombre].pid, relojDe(nombre), 0)))
      halladas.push(...(await responden(0)))
    }
    sigue = false
    await cargas
    await repetirDesconocidos(contexto, { api, terminado: () => false })
    await quieto(api, { datos: banco.carpeta, plazoMs: DRENA_MS })
    const restos = leerRestos(banco.carpeta)
    const eventos = restos.log.filter(({ topico }) => topico === 'eventos-reserva')
    const terminados = (): number => [...correosDe(banco.carpeta).values()].filter((estado) => TERMINADOS.has(estado)).length
    // Si no ocurre, lo dirán las leyes.
    await hastaQue('que salgan los correos', () => terminados() >= eventos.length, DRENA_MS).catch(() => {})
    await hastaQue('que la página lo vea todo', () => vista.cuantos() >= eventos.length).catch(() => {})
    const visto: Visto = {
      eventos,
      mostrados: await vista.terminar(),
      estados: correosDe(banco.carpeta),
      aceptados: correo.aceptados.map((uno) => cabeceraDe(uno, 'x-aeroalpes-evento') ?? ''),
    }
    halladas.push(...faltas(restos, contexto.diario), ...faltasDeAfuera(visto))
    for (const nombre of SOLOS) {
      vivos[nombre].senal('SIGTERM')
      const { codigo } = await vivos[nombre].fin()
      if (codigo !== 0) halladas.push(`${nombre} terminó con ${codigo}: ${vivos[nombre].errores()}`)
    }
    return {
      faltas: halladas,
      temprano: SOLOS.flatMap((nombre) => tempranos(relojDe(nombre))),
      control: controlDeAfuera(visto) ? controlDeLeyes(restos, contexto.diario) : ('verde' as const),
    }
  })
