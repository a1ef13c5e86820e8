import { contratoDeBroker } from '../../../pruebas/contrato_broker.ts'
import { abrirBancoEmbebido } from './banco_de_prueba.ts'

contratoDeBroker('embebido', () => abrirBancoEmbebido())
